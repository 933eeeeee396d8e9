using System.Buffers;
using System.Text;
using Grpc.Core.Utils;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>A key in lower case with a text or, when the key ends in "-bin", with bytes.</summary>
    public class Entry
    {
        private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

        private readonly string? _text;
        private readonly byte[]? _bytes;

        /// <exception cref="ArgumentException">The key has a forbidden character or lacks the ending of binary keys.</exception>
        public Entry(string key, byte[] valueBytes)
        {
            Key = Normalize(key);
            if (!IsBinary)
            {
                throw new ArgumentException($"Metadata key '{key}' holds bytes, so it must end with '{BinaryHeaderSuffix}'.", nameof(key));
            }

            GrpcPreconditions.CheckNotNull(valueBytes, nameof(valueBytes));
            _bytes = [.. valueBytes];
        }

        /// <exception cref="ArgumentException">The key has a forbidden character or the ending of binary keys.</exception>
        public Entry(string key, string value)
        {
            Key = Normalize(key);
            if (IsBinary)
            {
                throw new ArgumentException($"Metadata key '{key}' holds text, so it must not end with '{BinaryHeaderSuffix}'.", nameof(key));
            }

            _text = GrpcPreconditions.CheckNotNull(value, nameof(value));
        }

        public string Key { get; }

        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <exception cref="InvalidOperationException">The entry holds bytes.</exception>
        public string Value => _text ?? throw new InvalidOperationException($"Metadata entry '{Key}' holds bytes; read ValueBytes.");

        /// <summary>A copy of the bytes, those of the text included.</summary>
        public byte[] ValueBytes => _bytes is null ? Encoding.ASCII.GetBytes(_text!) : [.. _bytes];

        public override string ToString() => _text is null ? $"[Entry: key={Key}, {_bytes!.Length} bytes]" : $"[Entry: key={Key}, value={_text}]";

        private static string Normalize(string key)
        {
            GrpcPreconditions.CheckNotNull(key, nameof(key));
            string lower = key.ToLowerInvariant();
            return lower.Length > 0 && !lower.AsSpan().ContainsAnyExcept(KeyCharacters)
                ? lower
                : throw new ArgumentException($"Metadata key '{key}' is invalid: use letters, digits, '.', '_' and '-' only.", nameof(key));
        }
    }
}
