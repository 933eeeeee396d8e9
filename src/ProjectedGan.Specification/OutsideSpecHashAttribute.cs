namespace ProjectedGan.Specification;

/// <summary>Marks a field of the spec that cannot change the trained weights, so that a run may change it and still resume.</summary>
/// <param name="reason">Why the field has no influence.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OutsideSpecHashAttribute(string reason) : Attribute
{
    public string Reason { get; } = reason;
}
