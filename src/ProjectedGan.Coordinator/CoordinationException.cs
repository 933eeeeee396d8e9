namespace ProjectedGan.Coordinator;

/// <summary>A request that the coordinator refuses or cannot serve; the message is one line for the user.</summary>
[GenerateSerializer]
public class CoordinationException(string message) : Exception(message);
