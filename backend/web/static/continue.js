/* A page between ours and the provider: goes on by itself, from here, so that our own cookies come along. */
for (const link of document.querySelectorAll("[data-continue]")) location.replace(link.href);
