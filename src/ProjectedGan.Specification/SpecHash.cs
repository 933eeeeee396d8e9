using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ProjectedGan.Specification;

/// <summary>The identity of a run's result.</summary>
public static class SpecHash
{
    /// <summary>
    /// The settings that determine the result as canonical JSON: one flat object, names in ordinal order, numbers in their
    /// shortest exact form, no white space.
    /// </summary>
    public static string CanonicalJson(TrainingSpec spec)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var field in SpecSchema.Fields.Where(field => field.IsHashed(spec))
                .OrderBy(field => field.Path, StringComparer.Ordinal))
            {
                writer.WritePropertyName(field.Path);
                JsonSerializer.Serialize(writer, field.Get(spec) is Enum ? field.Text(spec) : field.Get(spec));
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>SHA-256 of <see cref="CanonicalJson"/>, 64 lower-case hexadecimal digits.</summary>
    public static string Compute(TrainingSpec spec) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson(spec))));
}
