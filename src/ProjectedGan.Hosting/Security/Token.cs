namespace ProjectedGan.Hosting.Security;

/// <summary>A bearer token as the file holds it: its hash, never itself.</summary>
/// <param name="Name">Who it belongs to.</param>
/// <param name="Sha256">Of the token's UTF-8 text.</param>
/// <param name="Role">What its holder may do.</param>
public sealed record Token(string Name, byte[] Sha256, Role Role);
