using static TorchSharp.torch;

namespace TorchSharp.Tests.Scopes;

public class DisposeScopeTests
{
    [Fact]
    public void Scope_End_ReleasesWhatWasMadeInIt()
    {
        long before = Tensor.TotalCount;
        Tensor kept;
        using (NewDisposeScope())
        {
            var first = ones(3);
            kept = (first + 1).MoveToOuterDisposeScope();
            _ = first.data<float>().ToArray();
            Assert.True(Tensor.TotalCount > before);
        }

        Assert.Equal(before + 1, Tensor.TotalCount);
        Assert.Equal(2f, kept[0].item<float>());
        kept.Dispose();
        kept.Dispose();
    }

    [Fact]
    public void NestedScopes_MoveToOuter_HandsOverOneLevel()
    {
        long before = Tensor.TotalCount;
        using (var outer = NewDisposeScope())
        {
            Tensor moved;
            using (var inner = NewDisposeScope())
            {
                Assert.Same(inner, CurrentDisposeScope);
                moved = inner.MoveToOuter(ones(2));
                _ = ones(2);
            }

            Assert.Same(outer, CurrentDisposeScope);
            Assert.False(moved.IsInvalid);
            Assert.True(outer.Contains(moved));
            Assert.Equal(1, outer.DisposablesCount);
        }

        Assert.Null(CurrentDisposeScope);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Detach_InsideAScope_OutlivesIt()
    {
        Tensor free;
        using (NewDisposeScope())
        {
            free = ones(2).DetachFromDisposeScope();
        }

        Assert.False(free.IsInvalid);
        free.Dispose();
    }

    [Fact]
    public void MoveToOuter_TensorOfAnotherScope_StaysWhereItIs()
    {
        using var outer = NewDisposeScope();
        var mine = ones(2);
        using (var inner = NewDisposeScope())
        {
            inner.MoveToOuter(mine);
            inner.Detach(mine);
        }

        Assert.True(outer.Contains(mine));
        Assert.False(mine.IsInvalid);
    }

    [Fact]
    public void DisposeEverythingBut_OneTensor_KeepsIt()
    {
        using var scope = NewDisposeScope();
        var kept = ones(2);
        var lost = ones(2);

        scope.DisposeEverythingBut(kept);

        Assert.False(kept.IsInvalid);
        Assert.True(lost.IsInvalid);
    }

    [Fact]
    public void Dispose_FromManyThreadsAtOnce_ReleasesOnce()
    {
        long before = Tensor.TotalCount;
        for (int round = 0; round < 200; round++)
        {
            var shared = ones(4);
            Parallel.For(0, 8, _ => shared.Dispose());
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void GradMode_IsTheThreadsOwn()
    {
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            bool other = false;
            var thread = new Thread(() => other = is_grad_enabled());
            thread.Start();
            thread.Join();
            Assert.True(other);
            using (enable_grad())
            {
                Assert.True(is_grad_enabled());
            }

            Assert.False(is_grad_enabled());
        }

        Assert.True(is_grad_enabled());
        using (inference_mode())
        {
            Assert.True(is_inference_mode_enabled());
        }

        Assert.False(is_inference_mode_enabled());
    }
}
