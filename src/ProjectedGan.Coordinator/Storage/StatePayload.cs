using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProjectedGan.Coordinator.Storage;

/// <summary>
/// States as JSON text. Members that a state's type no longer has are ignored, and members that it has gained keep their defaults,
/// so that a coordinator reads what an older or newer one wrote.
/// </summary>
internal static class StatePayload
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    // What has a null where its type allows none would fail its grain later, at any place.
    private static readonly JsonSerializerOptions Reading = new(Options) { RespectNullableAnnotations = true };

    public static string Write<T>(T state) => JsonSerializer.Serialize(state, Options);

    /// <exception cref="JsonException">The text is no state of that type.</exception>
    public static T Read<T>(string payload) => JsonSerializer.Deserialize<T>(payload, Reading) ?? throw new JsonException("The state is null.");

    /// <summary>The state of a grain that has none yet.</summary>
    public static T New<T>()
        => typeof(T).IsValueType || typeof(T).GetConstructor([]) is not null ? Activator.CreateInstance<T>() : (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
}
