using ProjectedGan.Foundation;

namespace ProjectedGan.Hosting.Runs;

/// <summary>A run cannot be prepared or trained for a reason that lies in its spec or its data: no other worker could do it either.</summary>
public sealed class HostedRunException(string message, Exception? inner) : PganException(message, inner);
