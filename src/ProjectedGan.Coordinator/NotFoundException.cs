namespace ProjectedGan.Coordinator;

/// <summary>No experiment, snapshot or node has the name that was asked for.</summary>
[GenerateSerializer]
public sealed class NotFoundException(string message) : CoordinationException(message);
