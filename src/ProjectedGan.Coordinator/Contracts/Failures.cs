namespace ProjectedGan.Coordinator.Contracts;

/// <summary>A request that the coordinator refuses or cannot serve; the message is one line for the user.</summary>
[GenerateSerializer]
public class CoordinationException(string message) : Exception(message);

/// <summary>No experiment, snapshot or node has the name that was asked for.</summary>
[GenerateSerializer]
public sealed class NotFoundException(string message) : CoordinationException(message);

/// <summary>Several experiments begin with the prefix that was given.</summary>
[GenerateSerializer]
public sealed class AmbiguousIdException(string message) : CoordinationException(message);

/// <summary>The experiment's state does not allow the request, for example resuming a cancelled experiment.</summary>
[GenerateSerializer]
public sealed class WrongStateException(string message) : CoordinationException(message);
