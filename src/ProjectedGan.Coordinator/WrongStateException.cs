namespace ProjectedGan.Coordinator;

/// <summary>The experiment's state does not allow the request, for example resuming a cancelled experiment.</summary>
[GenerateSerializer]
public sealed class WrongStateException(string message) : CoordinationException(message);
