import CHeapUse

/// Bytes of heap in use by this process, whoever took them.
public func heapBytesInUse() -> Int { Int(heap_bytes_in_use()) }
