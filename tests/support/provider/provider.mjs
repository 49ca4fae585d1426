/* A certified OpenID Connect implementation, registered as ProConnect registers a service (legal.md section 4.4).
   Started by the tests on loopback, one process per port; who signs in, and how surely, is typed in its form. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import Provider from "oidc-provider";

const { ISSUER, PORT, CLIENT_ID, CLIENT_SECRET, SERVICE, CODE_SECONDS = "60" } = process.env;
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const LEVELS = ["eidas1", "eidas1-mfa", "eidas2", "eidas3"];

const provider = new Provider(ISSUER, {
  clients: [{
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    token_endpoint_auth_method: "client_secret_post",
    redirect_uris: [`${SERVICE}/connexion/proconnect/retour`],
    post_logout_redirect_uris: [`${SERVICE}/deconnexion/proconnect/retour`],
    id_token_signed_response_alg: "ES256",
    userinfo_signed_response_alg: "ES256",
  }],
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "current", use: "sig", alg: "ES256" }] },
  cookies: { keys: [randomBytes(32).toString("hex")] },
  scopes: ["openid", "idp_id"],
  claims: { openid: ["sub"], idp_id: ["idp_id"], acr: null, amr: null },
  acrValues: LEVELS,
  // The identity provider is the first part of an account: « police.agent-7 ».
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, idp_id: id.split(".")[0] }) }),
  pkce: { methods: ["S256"], required: () => true },
  features: {
    claimsParameter: { enabled: true },
    devInteractions: { enabled: false },
    jwtUserinfo: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  interactions: { url: (_ctx, interaction) => `/entree/${interaction.uid}` },
  ttl: {
    AccessToken: 3600, AuthorizationCode: Number(CODE_SECONDS), Grant: 3600, IdToken: 3600, Interaction: 3600, Session: 43200,
  },
});

const page = (body) => `<!doctype html><html lang="fr"><head><title>Fournisseur d'essai</title></head><body>${body}</body></html>`;

provider.use(async (ctx, next) => {
  const uid = ctx.path.match(/^\/entree\/([\w-]+)$/)?.[1];
  if (!uid) return next();
  const { params } = await provider.interactionDetails(ctx.req, ctx.res);
  if (ctx.method === "GET") {
    ctx.type = "html";
    ctx.body = page(`<form method="post"><label>Compte <input name="account"></label>
      <label>Garantie <select name="acr">${LEVELS.map((level) => `<option>${level}</option>`).join("")}</select></label>
      <button>Continuer</button></form>`);
    return undefined;
  }
  const chunks = [];
  for await (const chunk of ctx.req) chunks.push(chunk);
  const typed = new URLSearchParams(Buffer.concat(chunks).toString());
  if (!typed.get("account")) return provider.interactionFinished(ctx.req, ctx.res, { error: "access_denied" });
  const grant = new provider.Grant({ accountId: typed.get("account"), clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return provider.interactionFinished(ctx.req, ctx.res, {
    login: { accountId: typed.get("account"), acr: typed.get("acr"), remember: true },
    consent: { grantId: await grant.save() },
  });
});

provider.listen(Number(PORT), "127.0.0.1", () => console.log("ready"));
