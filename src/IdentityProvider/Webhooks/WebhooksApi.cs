using System.ComponentModel.DataAnnotations;
using System.Globalization;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Webhooks;

/// <summary>Webhooks in the admin API.</summary>
internal static class WebhooksApi
{
    private const string All = Routes.AdminApi + "/webhooks", One = All + "/{id:guid}", Deliveries = One + "/deliveries";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadWebhooks).Answers(typeof(WebhookList));
        routes.MapGet(One, FindAsync).ForAdministrators(Permission.ReadWebhooks).Answers(typeof(WebhookAnswer));
        routes.MapPost(All, AddAsync).ForAdministrators(Permission.ManageWebhooks).Takes(typeof(WebhookInput)).Answers(typeof(WebhookSecretAnswer), StatusCodes.Status201Created);
        routes.MapPut(One, ChangeAsync).ForAdministrators(Permission.ManageWebhooks).Takes(typeof(WebhookInput), needsTag: true).Answers(typeof(WebhookAnswer));
        routes.MapDelete(One, RemoveAsync).ForAdministrators(Permission.ManageWebhooks).Takes(null, needsTag: true).AnswersNothing();
        routes.MapPost(One + "/secret", ChangeSecretAsync).ForAdministrators(Permission.ManageWebhooks).Answers(typeof(WebhookSecretAnswer));
        routes.MapPost(One + "/test", TestAsync).ForAdministrators(Permission.ManageWebhooks).Answers(typeof(DeliveryAnswer));
        routes.MapPost(One + "/replay", ReplayAsync).ForAdministrators(Permission.ManageWebhooks).Takes(typeof(ReplayInput)).AnswersNothing();
        routes.MapGet(Deliveries, DeliveriesAsync).ForAdministrators(Permission.ReadWebhooks).Answers(typeof(DeliveryList));
        routes.MapPost(Deliveries + "/{delivery:guid}/resend", ResendAsync).ForAdministrators(Permission.ManageWebhooks).AnswersNothing();
    }

    /// <summary>All webhooks, at most 20, the oldest first. Their secrets never come out.</summary>
    private static async Task<IResult> ListAsync(Store db, CancellationToken ct) =>
        Results.Json(new WebhookList((await db.Set<Webhook>().AsNoTracking().OrderBy(w => w.Id).ToListAsync(ct)).ConvertAll(WebhookAnswer.Of)));

    /// <summary>One webhook, with an <c>ETag</c>.</summary>
    private static async Task<IResult> FindAsync(Guid id, HttpContext http, Store db, CancellationToken ct) =>
        await db.Set<Webhook>().AsNoTracking().FirstOrDefaultAsync(w => w.Id == id, ct) is { } row ? EntityTag.Show(http, WebhookAnswer.Of(row), TagOf(row)) : Refusals.Missing("webhook");

    /// <summary>Adds a webhook: 201 with its <c>secret</c>, which is shown now and never again. 409 when there are 20 already, or another has its address.</summary>
    private static async Task<IResult> AddAsync(HttpContext http, WebhookChanges changes, CancellationToken ct)
    {
        var input = new WebhookInput();
        if (await JsonBody.FillAsync(http, input, () => WebhookRules.Problems(input), ct, WebhookAnswer.Told) is { } unfit)
            return unfit;
        var (row, secret, refused) = await changes.AddAsync(input, ct);
        return refused ?? EntityTag.Show(http, new WebhookSecretAnswer(row!.Id, secret), TagOf(row), $"{All}/{row.Id}");
    }

    /// <summary>Changes all of a webhook; its secret only where one is given. One that was off starts with what happens from now on. 404, 409 when another has its address, 412, 428.</summary>
    private static async Task<IResult> ChangeAsync(Guid id, HttpContext http, WebhookChanges changes, CancellationToken ct)
    {
        var input = new WebhookInput();
        if (await JsonBody.FillAsync(http, input, () => WebhookRules.Problems(input), ct, WebhookAnswer.Told) is { } unfit)
            return unfit;
        var (row, refused) = await changes.ChangeAsync(id, input, row => EntityTag.Stale(http, TagOf(row)), ct);
        return refused ?? EntityTag.Show(http, WebhookAnswer.Of(row!), TagOf(row!));
    }

    /// <summary>Removes a webhook with its deliveries. 404, 412, 428.</summary>
    private static async Task<IResult> RemoveAsync(Guid id, HttpContext http, WebhookChanges changes, CancellationToken ct) =>
        await changes.RemoveAsync(id, row => EntityTag.Stale(http, TagOf(row)), ct) ?? Results.NoContent();

    /// <summary>Gives a webhook a new <c>secret</c>; for 24 hours messages bear a signature by each.</summary>
    private static async Task<IResult> ChangeSecretAsync(Guid id, HttpContext http, WebhookChanges changes, CancellationToken ct)
    {
        var (row, secret, refused) = await changes.ChangeSecretAsync(id, ct);
        return refused ?? EntityTag.Show(http, new WebhookSecretAnswer(row!.Id, secret), TagOf(row));
    }

    /// <summary>Sends a message of the type <c>webhooks.test</c> now, once, and says what came of it.</summary>
    private static async Task<IResult> TestAsync(Guid id, WebhookTrial trial, CancellationToken ct) =>
        await trial.SendAsync(id, ct) is { } delivery ? Results.Json(DeliveryAnswer.Of(delivery)) : Refusals.Missing("webhook");

    /// <summary>Sends everything since a time again, under the same <c>webhook-id</c>s: 204. As far back as the audit reaches.</summary>
    private static async Task<IResult> ReplayAsync(Guid id, HttpContext http, WebhookChanges changes, CancellationToken ct)
    {
        var (input, since) = (new ReplayInput(), default(DateTimeOffset));
        if (await JsonBody.FillAsync(http, input, () => ReplayInput.TryRead(input.Since, out since) || input.Since.Length == 0 ? [] : [new Problem("since", "is no time. Write it as in RFC 3339: 2026-01-31T08:00:00Z.")], ct) is { } unfit)
            return unfit;
        return await changes.ReplayAsync(id, since, ct) ? Results.NoContent() : Refusals.Missing("webhook");
    }

    /// <summary>What was sent or waits, the newest first; <c>limit</c> 1 to 200 (50), <c>after</c> the <c>next</c> of the page before.</summary>
    private static async Task<IResult> DeliveriesAsync(Guid id, Store db, CancellationToken ct, int limit = PageCursor.Usual, Guid? after = null)
    {
        if (!PageCursor.IsLimit(limit))
            return Refusals.BadPage;
        if (!await db.Set<Webhook>().AnyAsync(w => w.Id == id, ct))
            return Refusals.Missing("webhook");
        var rows = await db.Set<WebhookDelivery>().AsNoTracking().Where(d => d.WebhookId == id && (after == null || d.Id.CompareTo(after.Value) < 0)).OrderByDescending(d => d.Id).Take(limit + 1).ToListAsync(ct);
        return Results.Json(new DeliveryList([.. rows.Take(limit).Select(DeliveryAnswer.Of)], rows.Count > limit ? rows[limit - 1].Id : null));
    }

    /// <summary>Sends one delivery again: 204. 404 when there is none, it is on its way, or it was a test.</summary>
    private static async Task<IResult> ResendAsync(Guid id, Guid delivery, WebhookChanges changes, CancellationToken ct) =>
        await changes.ResendAsync(id, delivery, ct) ? Results.NoContent() : Refusals.Missing("delivery");

    private static string TagOf(Webhook row) => $"\"{row.Version:N}\"";
}

/// <summary>From when on everything is sent again.</summary>
internal sealed class ReplayInput
{
    /// <summary>RFC 3339.</summary>
    [Required, MaxLength(40)]
    public string Since { get; set; } = "";

    public static bool TryRead(string text, out DateTimeOffset since) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out since);
}
