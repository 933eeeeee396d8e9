namespace ProjectedGan.Hosting.Security;

/// <summary>Who may call a server.</summary>
/// <param name="Tokens">The tokens that calls must carry; null where none are asked for.</param>
public sealed record AccessPolicy(TokenBook? Tokens);
