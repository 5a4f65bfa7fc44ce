using System.Buffers;
using System.Runtime.ExceptionServices;
using Tcpwhy.Kernel.Bpf;

namespace Tcpwhy.Sources;

/// <summary>Reads passes on a thread of its own, so that the kernel collects rows while others are written; four blocks of memory go round.</summary>
internal sealed class RowPipe : IDisposable
{
    private const int Blocks = 4;
    // Measured: larger blocks leave the cache before they are read.
    private const int BlockSize = 128 * 1024;

    private readonly byte[]?[] _blocks = new byte[]?[Blocks];
    private readonly int[] _lengths = new int[Blocks];
    private readonly SemaphoreSlim _full = new(0);
    private readonly SemaphoreSlim _empty = new(Blocks);
    private readonly Thread _reader;
    private volatile bool _stopped;
    private volatile ExceptionDispatchInfo? _failure;
    private int _taken = -1;

    public RowPipe(IEnumerable<BpfIterator> passes)
    {
        _reader = new Thread(() => Run(passes)) { Name = "rows", IsBackground = true };
        _reader.Start();
    }

    /// <summary>The next rows, valid until the next call; empty at the end.</summary>
    public ReadOnlySpan<byte> Take()
    {
        if (_taken >= 0)
            _empty.Release();
        _full.Wait();
        _taken++;
        _failure?.Throw();
        return _blocks[_taken % Blocks].AsSpan(0, _lengths[_taken % Blocks]);
    }

    public void Dispose()
    {
        _stopped = true;
        _empty.Release();
        _reader.Join();
        foreach (byte[]? block in _blocks)
        {
            if (block is not null)
                ArrayPool<byte>.Shared.Return(block);
        }
        _full.Dispose();
        _empty.Dispose();
    }

    private void Run(IEnumerable<BpfIterator> passes)
    {
        int block = 0;
        try
        {
            foreach (BpfIterator pass in passes)
            {
                using (pass)
                {
                    while (!_stopped && Fill(pass, ref block))
                    {
                    }
                }
                if (_stopped)
                    return;
            }
        }
#pragma warning disable CA1031 // Rethrown by Take on the other thread.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
        }
        _empty.Wait();
        _lengths[block % Blocks] = 0;
        _full.Release();
    }

    private bool Fill(BpfIterator pass, ref int block)
    {
        _empty.Wait();
        int slot = block % Blocks;
        int length = _stopped ? 0 : pass.Read(_blocks[slot] ??= ArrayPool<byte>.Shared.Rent(BlockSize));
        if (length == 0)
        {
            _empty.Release();
            return false;
        }
        _lengths[slot] = length;
        block++;
        _full.Release();
        return true;
    }
}
