using System.Reflection;

namespace IdentityProvider.Platform;

/// <summary>The version of this program, without the commit it was built from.</summary>
internal static class ProductVersion
{
    public static readonly string Text = (typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];
}
