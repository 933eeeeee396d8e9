namespace ProjectedGan.Hosting.Links;

/// <summary>What becomes of a message that cannot be sent for long.</summary>
public enum Importance
{
    /// <summary>The oldest are dropped.</summary>
    Passing,

    /// <summary>Kept until confirmed.</summary>
    Lasting,
}
