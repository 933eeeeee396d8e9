namespace TorchSharp;

public static partial class torch
{
    /// <summary>One item of an index expression: an integer, a slice, a truth value, a tensor, None or an ellipsis.</summary>
    public struct TensorIndex
    {
        public static readonly TensorIndex None = new(IndexKind.None);
        public static readonly TensorIndex Null = new(IndexKind.None);
        public static readonly TensorIndex Ellipsis = new(IndexKind.Ellipsis);
        public static readonly TensorIndex Colon = new(IndexKind.Slice);

        private readonly IndexKind _kind;
        private readonly long? _start;
        private readonly long? _stop;
        private readonly long? _step;
        private readonly torch.Tensor? _tensor;

        private TensorIndex(IndexKind kind, long? start = null, long? stop = null, long? step = null, torch.Tensor? tensor = null)
        {
            _kind = kind;
            _start = start;
            _stop = stop;
            _step = step;
            _tensor = tensor;
        }

        // The numbers are the native half's.
        private enum IndexKind
        {
            None,
            Ellipsis,
            Integer,
            Boolean,
            Slice,
            Tensor,
        }

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new(IndexKind.Slice, start, stop, step);

        public static TensorIndex Slice((int? start, int? end) range) => new(IndexKind.Slice, range.start, range.end);

        public static TensorIndex Slice(Range range) =>
            new(IndexKind.Slice, At(range.Start), range.End is { IsFromEnd: true, Value: 0 } ? null : At(range.End));

        public static TensorIndex Bool(bool value) => new(IndexKind.Boolean, value ? 1 : 0);

        public static TensorIndex Single(long? index) => index is { } given ? new(IndexKind.Integer, given) : None;

        public static TensorIndex Tensor(torch.Tensor tensor) => new(IndexKind.Tensor, tensor: tensor);

        public static implicit operator TensorIndex(long value) => new(IndexKind.Integer, value);

        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex(Index index) => new(IndexKind.Integer, At(index));

        internal readonly NativeIndex Native() => new()
        {
            Kind = (int)_kind,
            Start = _start ?? long.MinValue,
            Stop = _stop ?? long.MinValue,
            Step = _step ?? long.MinValue,
            Tensor = _tensor is null ? 0 : _tensor.Handle,
        };

        private static long At(Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }
}
