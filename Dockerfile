# The HTTP service in a container. The base image could not be pulled where this was written: it was built by buildah
# upon Debian's own packages and Node from npm under the same name, and run (docs/deploy.md says how).
#
#   docker build -t dresscut .
#   buildah build --format docker -t dresscut .      (OCI images have no health check)
#   docker run --init --read-only --cap-drop ALL -p 3000:3000 -e DRESSCUT_API_KEYS=HASH -v dresscut:/data dresscut

FROM node:22-bookworm-slim AS build
WORKDIR /source
COPY . .
RUN npm ci --ignore-scripts && npm pack --ignore-scripts=false --pack-destination /tmp
WORKDIR /app
# Without scripts: the one of onnxruntime-node would fetch 300 MB for graphics cards. Other systems' libraries go.
RUN npm init -y >/dev/null \
 && npm install --ignore-scripts --no-audit --no-fund /tmp/dresscut-*.tgz @libsql/client@0.18.0 \
 && find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 -type d \
      ! -path "*/linux/$(node -p process.arch)" -exec rm -r {} +

FROM node:22-bookworm-slim
ENV NODE_ENV=production DRESSCUT_HOST=0.0.0.0 ORT_DISABLE_TELEMETRY=1
COPY --from=build /app /app
# Catalogues: the one thing that is written.
RUN install -d -o node -g node /data
VOLUME /data
USER node
EXPOSE 3000
HEALTHCHECK --start-period=20s CMD ["node", "-e", \
  "fetch('http://127.0.0.1:3000/v1/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No shell or npm stands between node and the signal that ends it. With --init a decoder whose worker was killed leaves
# no entry in the table of processes: as process 1, node would never look after it.
CMD ["node", "/app/node_modules/dresscut/build/serve.js"]
