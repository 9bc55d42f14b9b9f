# The server: no shell, no package manager, no root. docker build -t identityprovider:dev .
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/ src/
COPY migrations/ migrations/
# Embedded: the document of the admin API, and the default theme, so that pages look right without the folder.
COPY docs/reference/ docs/reference/
COPY themes/ themes/
# ReadyToRun: compiled ahead for this processor, so that a node that starts answers sooner.
RUN dotnet publish src/IdentityProvider.Host -c Release -a $TARGETARCH --self-contained false -p:PublishReadyToRun=true -o /app \
 && mkdir /app/data

# "extra" has ICU and the time zones: names and addresses are compared by the rules of Unicode.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra
ARG VERSION=dev
LABEL org.opencontainers.image.title="IdentityProvider" \
      org.opencontainers.image.description="An OAuth 2.0 and OpenID Connect server" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION"
WORKDIR /app
COPY --from=build /app ./
COPY themes/ themes/
# The only folder the server writes to: the SQLite file and, in Development, the master key.
COPY --from=build --chown=$APP_UID:$APP_UID /app/data data/
USER $APP_UID
ENV ASPNETCORE_HTTP_PORTS=8080
EXPOSE 8080
VOLUME /app/data
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["dotnet", "IdentityProvider.Host.dll", "health"]
ENTRYPOINT ["dotnet", "IdentityProvider.Host.dll"]
