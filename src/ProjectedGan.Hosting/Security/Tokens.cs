using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using ProjectedGan.Foundation;

namespace ProjectedGan.Hosting.Security;

/// <summary>A bearer token as the file holds it: its hash, never itself.</summary>
/// <param name="Name">Who it belongs to.</param>
/// <param name="Sha256">Of the token's UTF-8 text.</param>
/// <param name="Role">What its holder may do.</param>
public sealed record Token(string Name, byte[] Sha256, Role Role);

/// <summary>Knows the tokens of a file, and follows the file.</summary>
/// <exception cref="UsageException">The file is unusable.</exception>
public sealed class TokenBook(string path, TimeProvider time, ILogger logger)
{
    private readonly WatchedFiles<IReadOnlyList<Token>> _tokens = new([path], () => TokenFile.Load(path), time, logger);

    /// <summary>The entry of a token that a caller showed, or null.</summary>
    public Token? Find(string token)
    {
        var hash = TokenFile.Hash(token);
        // All entries are compared, each in constant time: the answer's delay says nothing about a token.
        Token? found = null;
        foreach (var entry in _tokens.Current)
        {
            if (CryptographicOperations.FixedTimeEquals(entry.Sha256, hash))
            {
                found = entry;
            }
        }

        return found;
    }
}

/// <summary>What a caller may do.</summary>
public enum Role
{
    /// <summary>Look at experiments, their results and the nodes.</summary>
    Read,

    /// <summary>All that readers may, and submit, steer and upload.</summary>
    Submit,

    /// <summary>Be a worker or an evaluator, and exchange with other workers.</summary>
    Worker,
}
