namespace ProjectedGan.Specification;

/// <summary>
/// Marks a field that the spec had not from the start: its default is what runs did before, and is left out of the spec's hash, so that
/// their checkpoints stay usable.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HashedUnlessDefaultAttribute : Attribute;
