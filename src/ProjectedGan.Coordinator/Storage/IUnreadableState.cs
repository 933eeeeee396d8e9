namespace ProjectedGan.Coordinator.Storage;

/// <summary>
/// A state whose grain lives on where what is stored of it cannot be read: it gets an empty state that says so, which it must not write. A grain
/// with any other state cannot be activated then, and every call of it fails.
/// </summary>
internal interface IUnreadableState
{
    /// <summary>Why the stored state cannot be read, in one line; empty in the ordinary case. Never stored.</summary>
    string Unreadable { get; set; }
}
