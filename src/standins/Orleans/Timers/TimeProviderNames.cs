namespace Orleans.Runtime;

/// <summary>Keys of time providers that serve one purpose alone.</summary>
public static class TimeProviderNames
{
    /// <summary>Response timeouts.</summary>
    public const string Messaging = "Orleans.Messaging";
}
