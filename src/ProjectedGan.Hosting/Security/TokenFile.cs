using System.Security.Cryptography;
using System.Text;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ProjectedGan.Hosting.Security;

/// <summary>Reads the file of <c>--tokens</c>: a list <c>tokens</c> of <c>name</c>, <c>role</c> and either <c>token</c> or <c>sha256</c>.</summary>
internal static class TokenFile
{
    // Short tokens can be guessed; 16 characters of a random token are more than 80 bits.
    private const int ShortestToken = 16;

    /// <exception cref="UsageException">The file is missing, no YAML, or an entry is wrong; the message names the line.</exception>
    public static IReadOnlyList<Token> Load(string path)
    {
        try
        {
            using StreamReader reader = new(path);
            if (PlainYaml.Load(reader).Documents is not [{ RootNode: YamlMappingNode root }] || root.Children.Count != 1 || root.Children[0] is not ({ } key, YamlSequenceNode entries) || key.ToString() != "tokens")
            {
                throw new UsageException($"--tokens '{path}': the file must hold one list named 'tokens'.");
            }

            Token[] tokens = [.. entries.Children.Select(entry => Read(path, entry))];
            return tokens.GroupBy(token => Convert.ToHexString(token.Sha256)).FirstOrDefault(group => group.Count() > 1) is { } twice
                ? throw new UsageException($"--tokens '{path}': {string.Join(" and ", twice.Select(token => token.Name))} have the same token; give each its own.")
                : tokens.Length > 0 ? tokens : throw new UsageException($"--tokens '{path}': the list is empty, so that nobody could call.");
        }
        catch (YamlException error)
        {
            throw new UsageException($"--tokens '{path}': line {error.Start.Line} is no valid YAML: {error.InnerException?.Message ?? error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--tokens '{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>SHA-256 of a token's text.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static Token Read(string path, YamlNode entry)
    {
        var where = $"--tokens '{path}' line {entry.Start.Line}";
        if (entry is not YamlMappingNode mapping)
        {
            throw new UsageException($"{where}: an entry has the fields name, role and token or sha256.");
        }

        var fields = mapping.Children.ToDictionary(field => field.Key.ToString(), field => field.Value.ToString());
        if (fields.Keys.FirstOrDefault(field => field is not ("name" or "role" or "token" or "sha256")) is { } unknown)
        {
            throw new UsageException($"{where}: '{unknown}' is no field of a token; use name, role and token or sha256.");
        }

        var name = fields.GetValueOrDefault("name", "");
        if (name.Length is 0 or > 100)
        {
            throw new UsageException($"{where}: a token needs a name of at most 100 characters.");
        }

        var role = fields.GetValueOrDefault("role", "") switch
        {
            "read" => Role.Read,
            "submit" => Role.Submit,
            "worker" => Role.Worker,
            var other => throw new UsageException($"{where}: role is '{other}'; use read, submit or worker."),
        };
        return new Token(name, Secret(fields, where), role);
    }

    private static byte[] Secret(Dictionary<string, string> fields, string where)
    {
        if (fields.ContainsKey("token") == fields.ContainsKey("sha256"))
        {
            throw new UsageException($"{where}: give either token or sha256 (printf %s TOKEN | sha256sum).");
        }

        if (fields.TryGetValue("token", out var token))
        {
            return token.Length >= ShortestToken ? Hash(token) : throw new UsageException($"{where}: the token has {token.Length} characters; use at least {ShortestToken} random ones.");
        }

        var digits = fields["sha256"];
        return digits.Length == 64 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : throw new UsageException($"{where}: sha256 must have 64 hexadecimal digits.");
    }
}
