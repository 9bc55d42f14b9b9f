using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Email;

/// <summary>
/// Sends what is in the outbox. Every node runs one; a mail is taken by moving its due time in one conditional write, so two nodes
/// never send the same. Who dies with a mail in hand leaves it to the others after <see cref="Lease"/>.
/// </summary>
internal sealed class MailJob(IServiceScopeFactory scopes, MailComposer composer, EventLog events, TimeProvider clock, ILogger<MailJob> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Longer than the longest <see cref="SmtpOptions.Timeout"/>, and than two clocks are apart.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(3);

    private const int Batch = 50;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(15), LongestWait = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim oneAtATime = new(1);

    /// <summary>Handed over, but the database could not be told: not to be sent again.</summary>
    private readonly HashSet<Guid> handedOver = [];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Polling.EachAsync(Interval, "Sending mails", RunOnceAsync, logger, stoppingToken);

    /// <summary>Tries every mail that is due, until the server cannot be reached.</summary>
    public async Task RunOnceAsync(CancellationToken ct)
    {
        await oneAtATime.WaitAsync(ct);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<Store>();
            var now = clock.GetUtcNow();
            var due = await db.Set<Mail>().AsNoTracking().Where(m => m.DueAt <= now).OrderBy(m => m.DueAt).Take(Batch).ToListAsync(ct);
            if (due.Count == 0)
                return;

            // Closed with the scope.
            var transport = scope.ServiceProvider.GetRequiredService<IMailTransport>();
            foreach (var mail in due)
                if (!ct.IsCancellationRequested && await TakeAsync(db, mail, ct) && !await TryAsync(db, transport, mail))
                    return;
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    private async Task<bool> TakeAsync(Store db, Mail mail, CancellationToken ct)
    {
        var until = clock.GetUtcNow() + Lease;
        return await db.Set<Mail>().Where(m => m.Id == mail.Id && m.DueAt == mail.DueAt)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.DueAt, until).SetProperty(m => m.Attempts, mail.Attempts + 1), ct) == 1;
    }

    /// <summary>False when it makes no sense to try others now.</summary>
    private async Task<bool> TryAsync(Store db, IMailTransport transport, Mail mail)
    {
        // Not the caller's token: once the mail is out, the row has to go.
        var ct = CancellationToken.None;
        if (!handedOver.Contains(mail.Id))
        {
            if (mail.ExpiresAt <= clock.GetUtcNow())
            {
                await GiveUpAsync(db, mail, "expired", ct);
                return true;
            }

            try
            {
                await transport.SendAsync(await composer.ComposeAsync(mail));
                handedOver.Add(mail.Id);
                events.Raise(new MailSent(mail.Id, mail.Template));
            }
            catch (MailRefusedException refused) when (refused.IsFinal)
            {
                await GiveUpAsync(db, mail, "refused", ct);
                return true;
            }
            catch (Exception failure)
            {
                await PostponeAsync(db, mail, failure, ct);
                return failure is MailRefusedException;
            }
        }

        await db.Set<Mail>().Where(m => m.Id == mail.Id).ExecuteDeleteAsync(ct);
        handedOver.Remove(mail.Id);
        return true;
    }

    private async Task PostponeAsync(Store db, Mail mail, Exception failure, CancellationToken ct)
    {
        var next = clock.GetUtcNow() + Wait(mail.Attempts);
        await db.Set<Mail>().Where(m => m.Id == mail.Id).ExecuteUpdateAsync(set => set.SetProperty(m => m.DueAt, next), ct);
        events.Raise(new MailDelayed(mail.Id, mail.Template, failure.GetType().Name));
        logger.LogWarning(failure, "Mail {Mail} could not be handed over, trying again at {Next}", mail.Id, next);
    }

    private async Task GiveUpAsync(Store db, Mail mail, string reason, CancellationToken ct)
    {
        await db.Set<Mail>().Where(m => m.Id == mail.Id).ExecuteDeleteAsync(ct);
        events.Raise(new MailGivenUp(mail.Id, mail.Template, reason));
    }

    /// <summary>15 seconds, 30, 60... up to an hour.</summary>
    private static TimeSpan Wait(int attempts)
    {
        var wait = FirstWait * Math.Pow(2, Math.Min(attempts, 10));
        return wait < LongestWait ? wait : LongestWait;
    }

    public override void Dispose()
    {
        oneAtATime.Dispose();
        base.Dispose();
    }
}
