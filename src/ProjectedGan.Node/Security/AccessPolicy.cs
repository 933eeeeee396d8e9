namespace ProjectedGan.Node.Security;

/// <summary>Who may call a server.</summary>
/// <param name="Tokens">The tokens that calls must carry; null where none are asked for.</param>
internal sealed record AccessPolicy(TokenBook? Tokens);
