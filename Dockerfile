# The environment is made by the recipe that `make demo` and `make test` use: same lock, same hashes, same bytecode.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY Makefile pyproject.toml requirements.lock LICENSE ./
COPY backend backend
COPY policies policies
COPY migrations migrations
COPY templates templates
COPY docs/deployment/health.py docs/deployment/health.py
RUN make .venv/.service

FROM python:3.11-slim-bookworm
# pg_dump and pg_restore, of the version of the clusters.
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client-15 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin cenacle \
    && install -d -o cenacle -g cenacle -m 0700 /var/lib/cenacle
COPY --from=build /app /app
WORKDIR /app
# Nothing under /app is written at run time: the root file system can be mounted read-only.
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 CENACLE_DATA=/var/lib/cenacle/data
USER cenacle
VOLUME /var/lib/cenacle
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "/app/docs/deployment/health.py"]
CMD ["cenacle", "serve", "--host", "0.0.0.0"]
