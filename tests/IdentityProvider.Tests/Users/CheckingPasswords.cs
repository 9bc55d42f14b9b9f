using System.Text;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Xunit;

namespace IdentityProvider.Tests.Users;

public sealed class CheckingPasswords
{
    private const string Password = "correct horse battery staple";

    // Small costs where cost is not the point.
    private static UsersOptions Cheap => new() { Argon2MemoryKiB = 64, Argon2Passes = 1, BcryptCost = 4 };

    private static Passwords With(UsersOptions options) => new(Options.Create(options), Meters.Unheard);

    [Theory]
    [InlineData(PasswordAlgorithm.Argon2id, @"^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$")]
    [InlineData(PasswordAlgorithm.Bcrypt, @"^\$bcrypt-sha256\$v=2,t=2b,r=12\$[./A-Za-z0-9]{22}\$[./A-Za-z0-9]{31}$")]
    public async Task A_hash_is_salted_and_verifies(PasswordAlgorithm algorithm, string format)
    {
        using var passwords = With(new() { PasswordAlgorithm = algorithm });
        var (one, two) = (await passwords.HashAsync(Password, default), await passwords.HashAsync(Password, default));

        Assert.Matches(format, one);
        Assert.NotEqual(one, two);
        Assert.True(Passwords.IsKnownHash(one));
        Assert.Equal(PasswordOutcome.Right, await passwords.VerifyAsync(one, Password, default));
        Assert.Equal(PasswordOutcome.Wrong, await passwords.VerifyAsync(one, Password + "x", default));
    }

    [Theory]
    // ASP.NET Identity's own test vectors: version 2, and version 3 with SHA-1, SHA-256 and SHA-512.
    [InlineData("my password", "ANXrDknc7fGPpigibZXXZFMX4aoqz44JveK6jQuwY3eH/UyPhvr5xTPeGYEckLxz9A==")]
    [InlineData("my password", "AQAAAAAAAAD6AAAAEAhftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M")]
    [InlineData("my password", "AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw==")]
    // jBCrypt's and passlib's.
    [InlineData("abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i")]
    [InlineData("abc", "$2b$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i")]
    [InlineData("abc", "$2y$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i")]
    [InlineData("password", "$bcrypt-sha256$v=2,t=2b,r=5$5Hg1DKFqPE8C2aflZ5vVoe$wOK1VFFtS8IGTrGa7.h5fs0u84qyPbS")]
    public async Task Hashes_of_other_systems_verify_and_want_to_be_replaced(string password, string hash)
    {
        using var passwords = With(Cheap);
        Assert.True(Passwords.IsKnownHash(hash));
        Assert.Equal(PasswordOutcome.RightButOld, await passwords.VerifyAsync(hash, password, default));
        Assert.Equal(PasswordOutcome.Wrong, await passwords.VerifyAsync(hash, password + "x", default));
    }

    [Fact]
    public async Task A_hash_that_this_framework_makes_verifies()
    {
        using var passwords = With(Cheap);
        var hash = new PasswordHasher<object>().HashPassword(new(), Password);
        Assert.Equal(PasswordOutcome.RightButOld, await passwords.VerifyAsync(hash, Password, default));
    }

    [Fact]
    public async Task Bcrypt_cuts_nothing_at_72_bytes_or_at_a_zero_byte()
    {
        using var passwords = With(new() { PasswordAlgorithm = PasswordAlgorithm.Bcrypt, BcryptCost = 4 });
        var hash = await passwords.HashAsync(new string('a', 100), default);
        Assert.Equal(PasswordOutcome.Wrong, await passwords.VerifyAsync(hash, new string('a', 99) + "b", default));
        Assert.Equal(PasswordOutcome.Right, await passwords.VerifyAsync(hash, new string('a', 100), default));

        var zero = await passwords.HashAsync("one\0two", default);
        Assert.Equal(PasswordOutcome.Wrong, await passwords.VerifyAsync(zero, "one\0three", default));
    }

    [Theory]
    [InlineData(65, 1, 4, PasswordAlgorithm.Argon2id)]
    [InlineData(64, 2, 4, PasswordAlgorithm.Argon2id)]
    [InlineData(64, 1, 4, PasswordAlgorithm.Bcrypt)]
    public async Task Another_cost_or_algorithm_than_chosen_is_old(int memory, int passes, int bcryptCost, PasswordAlgorithm algorithm)
    {
        using var before = With(Cheap);
        using var after = With(new() { Argon2MemoryKiB = memory, Argon2Passes = passes, BcryptCost = bcryptCost, PasswordAlgorithm = algorithm });
        var hash = await before.HashAsync(Password, default);

        Assert.Equal(PasswordOutcome.RightButOld, await after.VerifyAsync(hash, Password, default));
        Assert.Equal(PasswordOutcome.Wrong, await after.VerifyAsync(hash, "wrong", default));
        Assert.Equal(PasswordOutcome.Right, await after.VerifyAsync(await after.HashAsync(Password, default), Password, default));
    }

    [Fact]
    public async Task The_same_letters_are_the_same_password_whatever_keyboard_sent_them()
    {
        using var passwords = With(Cheap);
        var hash = await passwords.HashAsync("caf\u00e9 \u03a9hm", default);
        Assert.Equal(PasswordOutcome.Right, await passwords.VerifyAsync(hash, "cafe\u0301 \u2126hm", default));
        Assert.Equal(PasswordOutcome.Wrong, await passwords.VerifyAsync(hash, "cafe \u03a9hm", default));
    }

    [Theory]
    [InlineData("\ud800 lone surrogate")]
    [InlineData("\ufffe no character")]
    [InlineData("zero \0 byte")]
    public async Task What_is_not_text_is_wrong_and_no_error(string password)
    {
        using var passwords = With(Cheap);
        foreach (var hash in new[] { await passwords.HashAsync(Password, default), "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i", new PasswordHasher<object>().HashPassword(new(), Password) })
            Assert.Equal(PasswordOutcome.Wrong, await passwords.VerifyAsync(hash, password, default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("password")]
    [InlineData("$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=19$m=64,t=1,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=19$m=4000000,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$2a$31$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i")]
    [InlineData("$2x$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i")]
    [InlineData("AQAAAAH/////AAAAEAABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw==")]
    [InlineData("$pbkdf2-sha256$9999999$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$pbkdf2-sha256$1000$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$pbkdf2-md5$1000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task An_unknown_hash_or_an_absurd_cost_is_not_computed(string hash)
    {
        Assert.False(Passwords.IsKnownHash(hash));
        using var passwords = With(Cheap);
        Assert.Equal(PasswordOutcome.Wrong, await passwords.VerifyAsync(hash, "abc", default));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public async Task A_password_has_1_to_256_characters(int length)
    {
        using var passwords = With(Cheap);
        var hash = await passwords.HashAsync(new string('p', 256), default);
        Assert.Equal(PasswordOutcome.Wrong, await passwords.VerifyAsync(hash, new string('p', length), default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => passwords.HashAsync(new string('p', length), default));
    }

    [Theory]
    [InlineData(PasswordAlgorithm.Argon2id)]
    [InlineData(PasswordAlgorithm.Bcrypt)]
    public async Task Nobody_s_password_costs_as_much_as_somebody_s(PasswordAlgorithm algorithm)
    {
        using var passwords = With(new() { PasswordAlgorithm = algorithm });
        var somebodys = await passwords.HashAsync(Password, default);

        // Algorithm and cost, without salt and hash. How long both take is compared in the benchmarks.
        Assert.Equal(Cost(somebodys), Cost(passwords.NobodysHash));
        Assert.Equal(PasswordOutcome.Wrong, await passwords.VerifyAsync(null, Password, default));

        static string Cost(string hash) => string.Join('$', hash.Split('$')[..^2]);
    }

    [Fact]
    public async Task Beyond_the_queue_the_answer_is_busy_and_nothing_is_checked()
    {
        using var passwords = With(new() { HashConcurrency = 1, HashQueueSeconds = 0, Argon2Passes = 8 });
        var hash = Argon2idHash.Dummy(19_456, 8).ToString();

        // The first takes the only turn before its task is returned.
        var first = passwords.VerifyAsync(hash, Password, default);
        Assert.Equal(PasswordOutcome.Busy, await passwords.VerifyAsync(hash, Password, default));
        await Assert.ThrowsAsync<PasswordsBusyException>(() => passwords.HashAsync(Password, default));

        Assert.Equal(PasswordOutcome.Wrong, await first);
        Assert.Equal(PasswordOutcome.Wrong, await passwords.VerifyAsync(hash, Password, default));
    }

    [Fact]
    public async Task Those_who_can_wait_get_their_turn()
    {
        using var passwords = With(new() { HashConcurrency = 1, HashQueueSeconds = 60, Argon2MemoryKiB = 64, Argon2Passes = 1 });
        var hash = await passwords.HashAsync(Password, default);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => passwords.VerifyAsync(hash, Password, default)));
        Assert.All(outcomes, outcome => Assert.Equal(PasswordOutcome.Right, outcome));
    }

    [Fact]
    public void A_dummy_hash_is_a_well_formed_one()
    {
        Assert.True(Passwords.IsKnownHash(Argon2idHash.Dummy(19_456, 2).ToString()));
        Assert.True(Passwords.IsKnownHash(BcryptHash.Dummy(12).ToString()));
        Assert.True(Encoding.UTF8.GetByteCount(Argon2idHash.Dummy(262_144, 20).ToString()) <= 256);
    }
}
