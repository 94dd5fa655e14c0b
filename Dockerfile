# The production image: the product and its pinned requirements, without sandbox, tests or a database.
FROM python:3.11-slim-bookworm AS requirements
COPY requirements/portal.txt /tmp/portal.txt
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /tmp/portal.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --home-dir /app portal
WORKDIR /app
COPY --from=requirements /venv /venv
COPY manage.py ./
COPY portal portal
COPY jira_bridge jira_bridge
COPY compliance compliance
COPY vending vending
COPY audit audit
COPY taskqueue taskqueue
COPY templates templates
COPY static static
COPY locale locale
# collectstatic touches neither key nor database; settings only want to see some
RUN SECRET_KEY=build DATABASE_URL=postgres://build@127.0.0.1/build python manage.py collectstatic --no-input -v 0
USER portal
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "manage.py", "web", "--host", "0.0.0.0", "--port", "8000"]
