namespace ProjectedGan.Coordination;

/// <summary>The experiment's state does not allow the request, for example resuming a failed experiment.</summary>
[GenerateSerializer]
public sealed class WrongStateException(string message) : CoordinationException(message);
