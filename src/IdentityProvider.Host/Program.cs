using IdentityProvider;

return await IdentityProviderCommands.RunAsync(args, static arguments =>
{
    var builder = WebApplication.CreateBuilder(arguments);
    builder.AddIdentityProvider();

    // Tells systemd when it answers and when it begins to stop; elsewhere it does nothing.
    builder.Services.AddSystemd();
    var app = builder.Build();
    app.UseIdentityProvider();
    return app;
});
