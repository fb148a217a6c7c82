# One image for every process: web, live, worker, notices, beat and probe. Each step is one that `make run` takes, too.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1
WORKDIR /app
COPY requirements.txt requirements-embedded.txt ./
COPY tools/environment.py tools/
RUN ["python", "tools/environment.py"]

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Brownout" \
      org.opencontainers.image.description="What is down, where, since when, and on what evidence." \
      org.opencontainers.image.licenses="Apache-2.0"

RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin brownout \
    && install --directory --owner=brownout --group=brownout --mode=0700 /data
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY manage.py ./
COPY config config
COPY catalog catalog
COPY locale locale
COPY reports reports
COPY outages outages
COPY static static
COPY templates templates

ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    HOST=0.0.0.0 \
    PORT=8000 \
    LIVE_PORT=8001
USER 10001
VOLUME /data
EXPOSE 8000 8001

# `web`, `live`, `worker`, `notices`, `beat` or `probe NAME`; `python -m config.local.prepare` comes once before them.
CMD ["python", "-m", "config.local.run", "web"]
