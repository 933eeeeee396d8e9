namespace ProjectedGan.AllReduce.Engine;

/// <summary>Who goes first.</summary>
internal enum OutboxPriority
{
    Control,
    Result,
    Partial,
}
