using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>
/// The requests of one activation: which run, which wait, and which of those may start. Without special rights a request starts
/// alone. Not safe for threads: the activation's lock guards it.
/// </summary>
internal sealed class RequestQueue(bool isReentrant)
{
    private readonly List<ActivationRequest> _running = [];
    private readonly LinkedList<ActivationRequest> _waiting = [];
    private Dictionary<Guid, int>? _sections;
    private int _waitingThatMayInterleave;

    // Requests that always interleave keep nobody else from starting.
    private int _blocking;
    private int _blockingReadOnly;

    public bool IsEmpty => _running.Count == 0 && _waiting.Count == 0;

    public bool NoneRuns => _running.Count == 0;

    public void Add(ActivationRequest request)
    {
        _waiting.AddLast(request);
        _waitingThatMayInterleave += request.MayInterleave ? 1 : 0;
    }

    public void Allow(Guid chain)
    {
        _sections ??= [];
        _sections[chain] = _sections.GetValueOrDefault(chain) + 1;
    }

    public void Disallow(Guid chain)
    {
        if (_sections is not null && _sections.TryGetValue(chain, out int times))
        {
            if (times == 1)
            {
                _sections.Remove(chain);
            }
            else
            {
                _sections[chain] = times - 1;
            }
        }
    }

    public bool TryStart([NotNullWhen(true)] out ActivationRequest? request)
    {
        for (LinkedListNode<ActivationRequest>? node = _waiting.First; node is not null;)
        {
            LinkedListNode<ActivationRequest>? next = node.Next;
            bool abandoned = node.Value.IsAbandoned;
            if (abandoned || MayStart(node.Value))
            {
                _waiting.Remove(node);
                _waitingThatMayInterleave -= node.Value.MayInterleave ? 1 : 0;
                if (!abandoned)
                {
                    request = node.Value;
                    Begin(request);
                    return true;
                }
            }
            else if (_waitingThatMayInterleave == 0)
            {
                // Nobody further back has more rights than the first.
                break;
            }

            node = next;
        }

        request = null;
        return false;
    }

    public void End(ActivationRequest request)
    {
        _running.Remove(request);
        Count(request, -1);
    }

    public ActivationRequest[] TakeWaiting()
    {
        ActivationRequest[] waiting = [.. _waiting];
        _waiting.Clear();
        _waitingThatMayInterleave = 0;
        return waiting;
    }

    private bool MayStart(ActivationRequest request)
        => isReentrant || _blocking == 0 || request.AlwaysInterleaves
            || (request.IsReadOnly && _blockingReadOnly == _blocking)
            || (_sections is not null && request.ReentrancyId != Guid.Empty && _sections.ContainsKey(request.ReentrancyId));

    private void Begin(ActivationRequest request)
    {
        _running.Add(request);
        Count(request, 1);
    }

    private void Count(ActivationRequest request, int change)
    {
        if (!request.AlwaysInterleaves)
        {
            _blocking += change;
            _blockingReadOnly += request.IsReadOnly ? change : 0;
        }
    }
}
