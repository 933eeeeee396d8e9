using ProjectedGan.Foundation;

namespace ProjectedGan.Node.Hosting;

/// <summary>A field of a request is wrong.</summary>
internal sealed class FieldException(string field, string message) : UsageException(message)
{
    public string Field { get; } = field;
}
