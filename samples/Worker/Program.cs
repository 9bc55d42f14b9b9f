using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Samples.Worker;

// A bare switch would swallow the argument after it as its value: take it out before configuration reads the rest.
const string Once = "--once";
var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
{
    Args = [.. args.Where(argument => argument != Once)],
    ContentRootPath = AppContext.BaseDirectory,
});
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddOptions<WorkerOptions>().BindConfiguration("Worker").Configure(options => options.Once |= args.Contains(Once));
builder.Services.AddOptions<ClientOptions>().BindConfiguration("Idp")
    .Validate(options => options.IsComplete, "Idp:Issuer, Idp:ClientId, Idp:ClientSecret and Idp:Scope are all needed.").ValidateOnStart();
builder.Services.AddSingleton<AccessTokens>();
builder.Services.AddSingleton<NotesApi>();
builder.Services.AddHostedService<NightShift>();

await builder.Build().RunAsync();
return Environment.ExitCode;
