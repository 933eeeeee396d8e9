using ProjectedGan.Foundation;

namespace ProjectedGan.Hosting.Serving;

/// <summary>A field of a request is wrong.</summary>
public sealed class FieldException(string field, string message) : UsageException(message)
{
    public string Field { get; } = field;
}
