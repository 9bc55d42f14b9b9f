using IdentityProvider.Email;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Email;

public sealed class SendingMails
{
    private static FakeTimeProvider Clock() => new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_mail_arrives_as_text_and_html_by_itself_and_leaves_no_row()
    {
        await using var sink = new SmtpSink();
        await using var host = await IdpHost.StartAsync(MailBench.Setup(sink.Port));
        await host.WriteAsync();

        // Nobody asks: the job of the server does it.
        var mail = await sink.NextAsync();
        Assert.Equal(("noreply@shop.test", MailBench.To), (mail.From, mail.To.Single()));
        Assert.Equal("Mail from IdentityProvider arrives", mail.Message.Subject);
        Assert.Equal("\"Corner Shop\" <noreply@shop.test>", mail.Message.From.ToString());
        Assert.Contains("reach ada@example.test", mail.Message.TextBody, StringComparison.Ordinal);
        Assert.Contains("<strong>ada@example.test</strong>", mail.Message.HtmlBody, StringComparison.Ordinal);
        Assert.Equal("auto-generated", mail.Message.Headers["Auto-Submitted"]);
        await host.SendAsync();
        Assert.Equal(0, await host.WaitingAsync());
    }

    [Theory]
    [InlineData("StartTls")]
    [InlineData("Tls")]
    public async Task Over_tls_with_a_private_authority_the_server_signs_in(string security)
    {
        await using var sink = new SmtpSink(tlsFirst: security == "Tls");
        var authority = Path.GetTempFileName();
        await File.WriteAllTextAsync(authority, sink.Authority);
        await using var host = await IdpHost.StartAsync(MailBench.Setup(sink.Port).With("Email:Smtp:Security", security).With("Email:Smtp:CertificateAuthorityFile", authority)
            .With("Email:Smtp:Username", SmtpSink.User).With("Email:Smtp:Password", SmtpSink.Password));
        await host.WriteAsync();
        var mail = await sink.NextAsync();
        Assert.Equal((true, SmtpSink.User), (mail.Encrypted, mail.User));
        File.Delete(authority);
    }

    [Fact]
    public async Task Nothing_is_said_to_a_server_that_offers_no_tls_or_shows_a_stranger_s_certificate()
    {
        await using var plain = new SmtpSink { OffersStartTls = false };
        await using var stranger = new SmtpSink();
        foreach (var sink in new[] { plain, stranger })
        {
            await using var host = await IdpHost.StartAsync(MailBench.Setup(sink.Port, Clock()).With("Email:Smtp:Security", "StartTls"));
            await host.WriteAsync();
            await host.SendAsync();
            Assert.Equal(1, await host.WaitingAsync());
            Assert.Empty(sink.All);
        }
    }

    [Theory]
    [MemberData(nameof(FreshDatabase.Providers), MemberType = typeof(FreshDatabase))]
    public async Task Two_nodes_send_each_mail_once(DatabaseProvider provider)
    {
        await using var sink = new SmtpSink();
        await using var database = FreshDatabase.Of(provider);
        var setup = MailBench.Setup(sink.Port, database: database.Options, issuer: new Uri($"http://localhost:{IdpHost.FreePort()}"));
        await using var first = await IdpHost.StartAsync(setup);
        await using var second = await IdpHost.StartAsync(setup with { Port = IdpHost.FreePort() });
        await first.WriteAsync(count: 40);
        await Task.WhenAll(first.SendAsync(), second.SendAsync(), first.SendAsync(), second.SendAsync());
        Assert.Equal(40, sink.All.Select(m => m.Message.MessageId).Distinct().Count());
        Assert.Equal(40, sink.All.Count);
        Assert.Equal(0, await first.WaitingAsync());
    }

    [Fact]
    public async Task A_server_that_is_down_loses_nothing_and_the_mail_outlives_a_restart()
    {
        var clock = Clock();
        var port = IdpHost.FreePort();
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        var setup = MailBench.Setup(port, clock, database.Options);
        await using (var host = await IdpHost.StartAsync(setup))
        {
            await host.WriteAsync(count: 3);
            await host.SendAsync();
            Assert.Equal(3, await host.WaitingAsync());
        }

        await using var sink = new SmtpSink(port);
        await using var restarted = await IdpHost.StartAsync(setup);
        clock.Advance(TimeSpan.FromMinutes(2));
        await restarted.SendAsync();
        Assert.Equal(3, sink.All.Count);
        Assert.Equal(0, await restarted.WaitingAsync());
    }

    [Fact]
    public async Task A_mail_in_the_hands_of_a_node_that_died_is_sent_by_another_after_the_lease()
    {
        var clock = Clock();
        await using var sink = new SmtpSink();
        await using var host = await IdpHost.StartAsync(MailBench.Setup(sink.Port, clock));

        // Taken from the first moment on: the job of this server looks by itself at any time.
        await host.InStoreAsync(async db =>
        {
            host.Services.GetRequiredService<MailOutbox>().Add(db, new MailMessage("test", MailBench.To, null, new Dictionary<string, string>()));
            db.ChangeTracker.Entries<Mail>().Single().Entity.DueAt = clock.GetUtcNow() + MailJob.Lease;
            return await db.SaveChangesAsync();
        });
        await host.SendAsync();
        Assert.Empty(sink.All);
        clock.Advance(MailJob.Lease);
        await host.SendAsync();
        Assert.Single(sink.All);
    }

    [Fact]
    public async Task A_slow_server_is_given_up_for_now_and_holds_nobody()
    {
        var clock = Clock();
        var ready = new TaskCompletionSource();
        await using var sink = new SmtpSink { Ready = ready.Task };
        await using var host = await IdpHost.StartAsync(MailBench.Setup(sink.Port, clock).With("Email:Smtp:Timeout", "00:00:01"));
        await host.WriteAsync(count: 2);

        // The first waits for its second; the others are not even tried.
        await host.SendAsync();
        Assert.Equal(2, await host.WaitingAsync());
        ready.SetResult();
        clock.Advance(TimeSpan.FromMinutes(1));
        await host.SendAsync();
        Assert.Equal(2, sink.All.Count);
    }

    [Fact]
    public async Task A_refused_recipient_ends_its_mail_and_a_postponed_one_comes_later_while_others_go()
    {
        var clock = Clock();
        await using var sink = new SmtpSink { Recipient = to => to.StartsWith("gone", StringComparison.Ordinal) ? "550 nobody" : to.StartsWith("later", StringComparison.Ordinal) ? "451 later" : "250 fine" };
        await using var host = await IdpHost.StartAsync(MailBench.Setup(sink.Port, clock));
        foreach (var to in new[] { "gone@example.test", "later@example.test", "ada@example.test" })
            await host.WriteAsync(to: to);
        await host.SendAsync();
        Assert.Equal("ada@example.test", sink.All.Single().To.Single());
        Assert.Equal(1, await host.WaitingAsync());

        sink.Recipient = _ => "250 fine";
        clock.Advance(TimeSpan.FromMinutes(1));
        await host.SendAsync();
        Assert.Equal(["ada@example.test", "later@example.test"], sink.All.Select(m => m.To.Single()));
    }

    [Fact]
    public async Task Trying_ends_with_the_mail_s_use()
    {
        var clock = Clock();
        await using var host = await IdpHost.StartAsync(MailBench.Setup(IdpHost.FreePort(), clock).With("Email:GiveUpAfter", "01:00:00"));
        await host.WriteAsync();
        await host.SendAsync();
        Assert.Equal(1, await host.WaitingAsync());
        clock.Advance(TimeSpan.FromHours(1));
        await host.SendAsync();
        Assert.Equal(0, await host.WaitingAsync());
    }

    [Fact]
    public async Task A_mail_is_written_with_its_cause_or_not_at_all_and_never_in_clear()
    {
        await using var host = await IdpHost.StartAsync(MailBench.Setup(IdpHost.FreePort(), Clock()));
        await host.InStoreAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            host.Services.GetRequiredService<MailOutbox>().Add(db, new MailMessage("test", MailBench.To, null, new Dictionary<string, string>()));
            await db.SaveChangesAsync();
            await transaction.RollbackAsync();
            return 0;
        });
        Assert.Equal(0, await host.WaitingAsync());
        await host.WriteAsync();
        var stored = await host.InStoreAsync(db => db.Set<Mail>().SingleAsync());
        Assert.DoesNotContain("ada", stored.ProtectedMessage, StringComparison.OrdinalIgnoreCase);
    }
}
