using IdentityProvider.Platform.Health;
using IdentityProvider.Platform.Metrics;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Email;

/// <summary>
/// Owns mails from the moment a room writes one down: the outbox, the texts' frame, and the way out by SMTP, or in Development into
/// a folder that is shown on a page. When a mail is due and what it says is up to the room that writes it.
/// </summary>
internal static class EmailModule
{
    public static IServiceCollection AddEmail(this IServiceCollection services)
    {
        services.AddSettings<EmailOptions>("Email");
        services.AddSingleton<IValidateOptions<EmailOptions>, EmailRules>();
        services.AddScoped<MailLimits>();
        services.AddSingleton<SecurityMail>().AddSingleton<MailOutbox>().AddSingleton<MailComposer>().AddSingleton<MailFolder>();
        services.AddSingleton<MailJob>().AddHostedService(provider => provider.GetRequiredService<MailJob>());
        services.AddTransient<SmtpTransport>();
        services.AddTransient<IMailTransport>(provider => provider.GetRequiredService<IOptions<EmailOptions>>().Value.Smtp.Host is null
            ? provider.GetRequiredService<MailFolder>()
            : provider.GetRequiredService<SmtpTransport>());
        services.AddOutboxMeasurement("mail", static db => db.Set<Mail>().Select(mail => mail.CreatedAt));

        // Those that waited then have left since.
        services.AddSingleton(new EndedByRestore("waiting mails", KeepOption.None, static (provider, ct) => provider.GetRequiredService<Store>().Set<Mail>().ExecuteDeleteAsync(ct)));
        services.AddHealthPart<MailHealth>("mail", every: MailHealth.Interval);
        return services;
    }

    public static void MapEmail(this WebApplication app)
    {
        if (app.Environment.IsDevelopment())
            app.MapGet("/development/mails/{id:guid}/html", DevelopmentMailPage.Html);
    }
}
