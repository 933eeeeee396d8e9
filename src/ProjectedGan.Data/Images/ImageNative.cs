using System.Runtime.InteropServices;

namespace ProjectedGan.Data.Images;

/// <summary>The C interface of native/pgan_image. 0: done; 1: error; 2: the bytes end inside the header.</summary>
internal static unsafe partial class ImageNative
{
    public const int Done = 0;
    public const int Incomplete = 2;

    private const string Library = "pgan_image";

    public static string LastError() => Marshal.PtrToStringUTF8(LastErrorText()) ?? "unknown error";

    public static void Check(int result)
    {
        if (result != Done)
            throw new ImageException(LastError());
    }

    [LibraryImport(Library, EntryPoint = "pgan_image_free")]
    public static partial void Free(byte* memory);

    [LibraryImport(Library, EntryPoint = "pgan_image_probe")]
    public static partial int Probe(byte* data, nuint size, out ImageInfo info);

    [LibraryImport(Library, EntryPoint = "pgan_image_decode")]
    public static partial int Decode(byte* data, nuint size, out ImageInfo info, out byte* pixels);

    [LibraryImport(Library, EntryPoint = "pgan_image_encode_png")]
    public static partial int EncodePng(byte* pixels, int width, int height, int channels, int effort, out byte* data, out nuint size);

    [LibraryImport(Library, EntryPoint = "pgan_image_encode_webp")]
    public static partial int EncodeWebp(
        byte* pixels, int width, int height, int channels, float quality, int lossless, out byte* data, out nuint size);

    [LibraryImport(Library, EntryPoint = "pgan_image_animation_create")]
    public static partial int CreateAnimation(int width, int height, float quality, int loops, out nint animation);

    [LibraryImport(Library, EntryPoint = "pgan_image_animation_add")]
    public static partial int AddFrame(nint animation, byte* pixels, int width, int height, int channels, int timestampMilliseconds);

    [LibraryImport(Library, EntryPoint = "pgan_image_animation_finish")]
    public static partial int FinishAnimation(nint animation, int endMilliseconds, out byte* data, out nuint size);

    [LibraryImport(Library, EntryPoint = "pgan_image_animation_destroy")]
    public static partial void DestroyAnimation(nint animation);

    [LibraryImport(Library, EntryPoint = "pgan_image_last_error")]
    private static partial nint LastErrorText();
}
