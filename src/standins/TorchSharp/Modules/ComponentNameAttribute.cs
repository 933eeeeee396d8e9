namespace TorchSharp.Utils;

/// <summary>The name under which a field is registered, where the field's own name is not it.</summary>
[AttributeUsage(AttributeTargets.Field)]
public class ComponentNameAttribute : Attribute
{
    public string? Name { get; set; }
}
