using System.Text;
using System.Xml.Linq;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Platform.Secrets;

/// <summary>One key of the Data Protection ring (antiforgery), shared by all nodes.</summary>
internal sealed class RingKey
{
    public Guid Id { get; set; }
    public required string Name { get; set; }
    public required string Xml { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<RingKey>
    {
        public void Configure(EntityTypeBuilder<RingKey> builder)
        {
            builder.ToTable("DataProtectionKeys");
            builder.Property(k => k.Name).HasMaxLength(200);
            builder.Property(k => k.Xml).HasMaxLength(-1);
        }
    }
}

/// <summary>Keeps the ring in the database. The framework calls it rarely and without async.</summary>
internal sealed class KeyRing(IServiceScopeFactory scopes) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        return [.. db.Set<RingKey>().AsNoTracking().Select(k => k.Xml).ToList().Select(xml => XElement.Parse(xml))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        db.Add(new RingKey { Name = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
        db.SaveChanges();
    }
}

/// <summary>Encrypts ring keys under the master key, so that a stolen dump forges no cookie.</summary>
internal sealed class RingEncryptor(MasterKey master) : IXmlEncryptor
{
    public const string Purpose = "data-protection-ring";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var text = plaintextElement.ToString(SaveOptions.DisableFormatting);
        return new EncryptedXmlInfo(new XElement("sealed", master.Protect(Encoding.UTF8.GetBytes(text), Purpose)), typeof(RingDecryptor));
    }
}

/// <summary>Made by the framework from the type name it stored, hence the service provider.</summary>
internal sealed class RingDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) =>
        XElement.Parse(Encoding.UTF8.GetString(services.GetRequiredService<MasterKey>().Unprotect(encryptedElement.Value, RingEncryptor.Purpose)));
}
