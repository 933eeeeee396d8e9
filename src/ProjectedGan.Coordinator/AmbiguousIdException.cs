namespace ProjectedGan.Coordinator;

/// <summary>Several experiments begin with the prefix that was given.</summary>
[GenerateSerializer]
public sealed class AmbiguousIdException(string message) : CoordinationException(message);
