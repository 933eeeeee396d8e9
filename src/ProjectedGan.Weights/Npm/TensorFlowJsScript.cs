using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.Npm;

/// <summary>Takes the data out of JavaScript modules of the form <c>…exports=DATA…</c> without running them.</summary>
internal static class TensorFlowJsScript
{
    private static ReadOnlySpan<byte> Export => "exports="u8;

    /// <summary>The topology: plain JSON, or the object literal that a module exports.</summary>
    public static JsonDocument Topology(string path, byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        for (var at = text.IndexOf("exports=", StringComparison.Ordinal); at >= 0; at = text.IndexOf("exports=", at + 1, StringComparison.Ordinal))
        {
            // The wrapper itself assigns exports too (module.exports=e()).
            if (at + Export.Length < text.Length && text[at + Export.Length] == '{' && !text.AsSpan(at + Export.Length).StartsWith("{}"))
            {
                return JavaScriptLiteral.Parse(path, text, at + Export.Length);
            }
        }
        if (text.AsSpan().TrimStart().StartsWith("{"))
        {
            return JavaScriptLiteral.Parse(path, text, text.IndexOf('{', StringComparison.Ordinal));
        }
        throw new WeightFileException($"'{path}' is no TF.js model: it neither is nor exports an object.");
    }

    /// <summary>The weights of a shard: the file itself, or the one base64 string that a module exports.</summary>
    public static byte[] ShardBytes(string path, string shard, byte[] bytes)
    {
        var start = bytes.AsSpan().IndexOf("exports=\""u8);
        if (start < 0)
        {
            return bytes.AsSpan().StartsWith("!function"u8)
                ? throw new WeightFileException($"'{path}': its shard '{shard}' is a script that exports no weights.")
                : bytes;
        }
        var text = bytes.AsSpan(start + "exports=\"".Length);
        var length = text.IndexOf((byte)'"');
        if (length < 0)
        {
            throw new WeightFileException($"'{path}': its shard '{shard}' ends too early; it is truncated, fetch it again.");
        }
        text = text[..length];
        if (Base64.DecodeFromUtf8InPlace(text, out var written) != OperationStatus.Done)
        {
            throw new WeightFileException($"'{path}': its shard '{shard}' is no valid base64.");
        }
        return text[..written].ToArray();
    }
}
