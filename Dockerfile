FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/ src/
COPY migrations/ migrations/
# Embedded: the document of the admin API, and the default theme, so that pages look right without the folder.
COPY docs/reference/ docs/reference/
COPY themes/ themes/
RUN dotnet publish src/IdentityProvider.Host -c Release -o /app \
 && mkdir /app/data

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app ./
COPY themes/ themes/
# The only folder the server writes to: the SQLite file and, in Development, the master key.
COPY --from=build --chown=$APP_UID:$APP_UID /app/data data/
USER $APP_UID
ENV ASPNETCORE_HTTP_PORTS=8080
EXPOSE 8080
VOLUME /app/data
HEALTHCHECK NONE
ENTRYPOINT ["dotnet", "IdentityProvider.Host.dll"]
