using IdentityProvider.Email;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Email;

/// <summary>Servers that send by SMTP to a sink.</summary>
internal static class MailBench
{
    public const string To = "ada@example.test";

    public static IdpSetup Setup(int port, TimeProvider? clock = null, DatabaseOptions? database = null, Uri? issuer = null) => new()
    {
        Clock = clock,
        Database = database,
        Issuer = issuer,
        Settings = new()
        {
            ["Email:Smtp:Host"] = "localhost",
            ["Email:Smtp:Port"] = $"{port}",
            ["Email:Smtp:Security"] = "None",
            ["Email:Smtp:Timeout"] = "00:00:05",
            ["Email:From"] = "noreply@shop.test",
            ["Email:FromName"] = "Corner Shop",
        },
    };

    public static IdpSetup With(this IdpSetup setup, string name, string value) => setup with { Settings = new(setup.Settings) { [name] = value } };

    /// <summary>Writes test mails down, as a room does beside its own changes.</summary>
    public static Task WriteAsync(this IdpHost host, int count = 1, string to = To, string template = "test", params (string Name, string Value)[] values) => host.InStoreAsync(async db =>
    {
        var outbox = host.Services.GetRequiredService<MailOutbox>();
        for (var i = 0; i < count; i++)
            outbox.Add(db, new MailMessage(template, to, null, values.Append(("to", to)).ToDictionary(v => v.Item1, v => v.Item2)));
        return await db.SaveChangesAsync();
    });

    public static Task SendAsync(this IdpHost host) => host.Services.GetRequiredService<MailJob>().RunOnceAsync(CancellationToken.None);

    public static Task<int> WaitingAsync(this IdpHost host) => host.InStoreAsync(db => db.Set<Mail>().CountAsync());
}
