namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>
/// Damages what an HTTP/2 server sends: the last byte of each larger DATA frame, so that the transport stays whole and only its content is
/// wrong. Sees a connection's bytes from the first one.
/// </summary>
internal sealed class FrameDamage
{
    // RFC 9113, section 4.1: 24 bits of length, 8 of type, 8 of flags, 32 of the stream.
    private const int HeaderBytes = 9;
    private const byte Data = 0;

    // Larger than whatever is no gradient or state.
    private const int LeastBytes = 512;

    private readonly byte[] _header = new byte[HeaderBytes];
    private int _headerBytes;
    private int _length;
    private int _left;

    public void Pass(Span<byte> bytes, bool isDamaging)
    {
        for (var at = 0; at < bytes.Length;)
        {
            if (_left == 0)
            {
                _header[_headerBytes++] = bytes[at++];
                if (_headerBytes == HeaderBytes)
                {
                    _headerBytes = 0;
                    _length = _left = (_header[0] << 16) | (_header[1] << 8) | _header[2];
                }

                continue;
            }

            var here = Math.Min(_left, bytes.Length - at);
            at += here;
            _left -= here;
            if (isDamaging && _left == 0 && _header[3] == Data && _length >= LeastBytes)
            {
                bytes[at - 1] ^= 1;
            }
        }
    }
}
