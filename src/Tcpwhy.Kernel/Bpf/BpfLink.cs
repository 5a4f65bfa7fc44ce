using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Bpf;

/// <summary>An attached program; disposing detaches it. The kernel detaches it too when our process dies.</summary>
public sealed class BpfLink : SafeHandle
{
    private BpfLink(nint handle)
        : base(0, ownsHandle: true) => SetHandle(handle);

    public override bool IsInvalid => handle == 0;

    internal static BpfLink Of(nint handle, string program) =>
        handle != 0 ? new BpfLink(handle) : throw new KernelException($"attach {program}", Marshal.GetLastPInvokeError());

    /// <summary>For a link of an iterator program: starts one pass over the kernel's objects, seen from the calling thread's network namespace.</summary>
    public BpfIterator OpenIterator()
    {
        int descriptor = LibBpf.bpf_iter_create(LibBpf.bpf_link__fd(handle));
        return descriptor >= 0 ? new BpfIterator(new Fd(descriptor)) : throw new KernelException("bpf_iter_create", -descriptor);
    }

    protected override bool ReleaseHandle() => LibBpf.bpf_link__destroy(handle) == 0;
}
