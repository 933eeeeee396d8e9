using System.Globalization;
using System.Reflection;
using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

/// <summary>One scalar setting of <see cref="TrainingSpec"/>, for example <c>generator.latentSize</c>.</summary>
public sealed class SpecField
{
    private readonly PropertyInfo? _section;
    private readonly PropertyInfo _property;

    internal SpecField(PropertyInfo? section, PropertyInfo property)
    {
        _section = section;
        _property = property;
        Path = section is null ? CamelCase(property.Name) : $"{CamelCase(section.Name)}.{CamelCase(property.Name)}";
    }

    /// <summary>The name in files and messages: section and property in camel case.</summary>
    public string Path { get; }

    /// <summary>The .NET type of the value: long, int, double, bool, string or an enumeration.</summary>
    public Type Type => _property.PropertyType;

    /// <summary>False where the trained weights do not depend on the value.</summary>
    public bool DeterminesResult => _property.GetCustomAttribute<OutsideSpecHashAttribute>() is null;

    /// <summary>Whether the value takes part in the hash of a spec.</summary>
    internal bool IsHashed(TrainingSpec spec) => DeterminesResult
        && (_property.GetCustomAttribute<HashedUnlessDefaultAttribute>() is null || !Get(spec).Equals(Get(new TrainingSpec())));

    /// <summary>What a value of this field may look like, for messages.</summary>
    public string Expectation => Type switch
    {
        _ when Type == typeof(bool) => "true or false",
        _ when Type == typeof(double) => "a number",
        _ when Type == typeof(string) => "a text",
        _ when Type.IsEnum => "one of " + string.Join(", ", Enum.GetValues(Type).Cast<object>().Select(EnumName)),
        _ => "a whole number",
    };

    public object Get(TrainingSpec spec) => _property.GetValue(_section is null ? spec : _section.GetValue(spec))!;

    /// <summary>The value as files and messages show it; numbers in their shortest exact form.</summary>
    public string Text(TrainingSpec spec) => Get(spec) switch
    {
        bool value => value ? "true" : "false",
        double value => value.ToString("R", CultureInfo.InvariantCulture),
        Enum value => EnumName(value),
        var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>Reads a value from text; null where the text is none.</summary>
    public object? Parse(string text)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        if (Type == typeof(string))
        {
            return text;
        }
        if (Type == typeof(bool))
        {
            return text switch { "true" => true, "false" => false, _ => null };
        }
        if (Type.IsEnum)
        {
            return Enum.GetValues(Type).Cast<object>().FirstOrDefault(value => EnumName(value) == text);
        }
        if (Type == typeof(int))
        {
            return int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;
        }
        if (Type == typeof(long))
        {
            return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;
        }
        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>Writes a value into a spec that nobody else holds yet.</summary>
    internal void Set(TrainingSpec draft, object value) =>
        _property.SetValue(_section is null ? draft : _section.GetValue(draft), value);

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string EnumName(object value) =>
        value.GetType().GetField(value.ToString()!)!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()!.Name;
}

/// <summary>
/// Marks a field that the spec had not from the start: its default is what runs did before, and is left out of the spec's hash, so that
/// their checkpoints stay usable.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HashedUnlessDefaultAttribute : Attribute;

/// <summary>Marks a field of the spec that cannot change the trained weights, so that a run may change it and still resume.</summary>
/// <param name="reason">Why the field has no influence.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OutsideSpecHashAttribute(string reason) : Attribute
{
    public string Reason { get; } = reason;
}
