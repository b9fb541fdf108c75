# The control plane and the relay in one small image.
FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make && rm -rf /var/lib/apt/lists/*
WORKDIR /smalt
COPY . .
RUN cargo build --release -p smalt

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/*
COPY --from=build /smalt/target/release/smalt /usr/local/bin/smalt
EXPOSE 8443 8444 8445 8446 8447
ENTRYPOINT ["smalt"]
CMD ["serve", "--state", "/var/lib/smalt", "--listen", "0.0.0.0"]
