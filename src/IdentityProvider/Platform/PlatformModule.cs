using System.Text.Json;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Health;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Metrics;
using IdentityProvider.Platform.Network;
using IdentityProvider.Platform.Redis;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Shutdown;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Platform;

/// <summary>
/// The ground all rooms stand on: storage, secrets, limits, errors and headers of HTTP, events, jobs, settings, health.
/// It names no room.
/// </summary>
internal static class PlatformModule
{
    public static IServiceCollection AddPlatform(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSettings<IdentityProviderOptions>("");
        services.AddSettings<DatabaseOptions>("Database");
        services.AddSettings<RedisOptions>("Redis");
        services.AddSingleton<IValidateOptions<RedisOptions>, RedisRules>().AddSingleton<RedisServer>();
        services.AddMetrics().AddSingleton<OperationTimes>().AddSingleton<DatabaseTimes>();
        services.AddDbContextPool<Store>((provider, builder) => builder
            .UseProvider(provider.GetRequiredService<IOptions<DatabaseOptions>>().Value)
            .AddInterceptors(provider.GetRequiredService<RecordedEvents>(), provider.GetRequiredService<DatabaseTimes>())
            .ConfigureWarnings(warnings => warnings
                .Ignore(CoreEventId.RowLimitingOperationWithoutOrderByWarning)

                // A lost race for a unique key is part of the plan; whatever is not reaches the log with its error id, or from the job that failed.
                .Log((CoreEventId.SaveChangesFailed, LogLevel.Debug), (RelationalEventId.CommandError, LogLevel.Debug), (RelationalEventId.ConnectionError, LogLevel.Debug))));
        services.AddSingleton<MasterKeyStore>().AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<IdentityProviderOptions>>().Value;
            var environment = provider.GetRequiredService<IHostEnvironment>();
            return new MasterKey(() => provider.GetRequiredService<MasterKeyStore>().Open(MasterKeyLoader.Load(options, environment), MasterKeyLoader.LoadFormer(options)));
        });
        services.AddDataProtection().SetApplicationName("IdentityProvider");
        services.AddOptions<KeyManagementOptions>().Configure<IServiceScopeFactory, MasterKey, RedisServer, IOptions<RedisOptions>>((options, scopes, master, server, redis) =>
        {
            options.XmlRepository = redis.Value.KeyRing ? new RedisKeyRing(server) : new KeyRing(scopes);
            options.XmlEncryptor = new RingEncryptor(master);
        });
        services.AddEvents();
        services.AddLimits();
        services.AddHostedService<PruningJob>();
        services.AddSingleton<Idempotency>().AddSingleton(new Pruning("idempotent requests", static (db, now, ct) =>
            db.Set<IdempotentRequest>().Where(r => r.ExpiresAt < now).DeleteInBatchesAsync(ct)));
        services.AddSingleton(new Pruning("spent identifiers", static (db, now, ct) =>
            db.Set<SpentIdentifier>().Where(s => s.ExpiresAt < now).DeleteInBatchesAsync(ct)));
        services.AddNetwork();
        services.AddSettings<TelemetryOptions>("Telemetry");
        services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryRules>();
        services.AddSettings<ShutdownOptions>("Shutdown");
        services.AddShutdown();
        services.AddHealth();
        AddHttp(services);

        // A cookie that somebody made up is refused and is no fault of ours: the framework would log it as one, with a stack.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Critical));
        return services;
    }

    private static void AddHttp(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        services.AddRazorPages(pages => pages.RootDirectory = "/")
            .AddApplicationPart(typeof(PlatformModule).Assembly)
            .AddMvcOptions(mvc =>
            {
                mvc.Filters.Add<KnownHandler>();
                mvc.Filters.Add<ExpiredForm>();

                // No form of ours writes names as jQuery does, and the readers for it throw at an open bracket.
                mvc.ValueProviderFactories.RemoveType<JQueryFormValueProviderFactory>();
                mvc.ValueProviderFactories.RemoveType<JQueryQueryStringValueProviderFactory>();
            });
        services.AddAntiforgery();
        services.AddOptions<Microsoft.AspNetCore.Antiforgery.AntiforgeryOptions>().Configure<IOptions<IdentityProviderOptions>>((antiforgery, root) =>
        {
            var secure = root.Value.IssuerUri.Scheme == Uri.UriSchemeHttps;
            antiforgery.Cookie.Name = secure ? "__Host-csrf" : "csrf";
            antiforgery.Cookie.SecurePolicy = secure ? Microsoft.AspNetCore.Http.CookieSecurePolicy.Always : Microsoft.AspNetCore.Http.CookieSecurePolicy.None;
            antiforgery.Cookie.SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Lax;
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
        services.Configure<FormOptions>(form =>
        {
            form.ValueCountLimit = RequestLimits.Fields;
            form.KeyLengthLimit = 200;
            form.ValueLengthLimit = RequestLimits.BodyBytes;
            form.BufferBodyLengthLimit = RequestLimits.BodyBytes;

            // A body of the largest size stays in memory: nothing a stranger sends is written to a disk.
            form.MemoryBufferThreshold = 2 * 1024 * 1024;
        });
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestLimits.BodyBytes;
            kestrel.Limits.MaxRequestLineSize = 8 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 50;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 100, gracePeriod: TimeSpan.FromSeconds(5));
            kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 100, gracePeriod: TimeSpan.FromSeconds(5));
            kestrel.Limits.Http2.MaxStreamsPerConnection = 100;
        });
    }

    /// <summary>The order in which every request is looked at, before any room sees it.</summary>
    public static void UsePlatform(this WebApplication app)
    {
        // The issuer may have a path (https://example.com/id): then every path of ours is below it.
        app.UsePathBase(app.Services.GetRequiredService<IOptions<IdentityProviderOptions>>().Value.IssuerUri.AbsolutePath.TrimEnd('/'));

        // The handler logs what is ours to mend; a stranger's half-sent request is not, and must not fill the log.
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = ErrorResponses.HandleAsync, SuppressDiagnosticsCallback = _ => true });
        app.UseMiddleware<SecurityHeaders>();
        app.UseDraining();
        app.UseHealth();
        app.UseStatusCodePages(ErrorResponses.CompleteAsync);
        app.UseNetwork();
        app.UseMiddleware<RequestLimits>();
        app.UseMiddleware<OriginCheck>();
    }
}
