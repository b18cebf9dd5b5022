// Something kept for each facet, and forgotten record by record.
export class PerRecord<T> {
  readonly #records = new Map<string, Map<string, T>>();

  get(facet: string): T | undefined {
    return this.#records.get(facet.slice(0, 32))?.get(facet);
  }

  set(facet: string, value: T) {
    const record = facet.slice(0, 32);
    const kept = this.#records.get(record);
    if (kept === undefined) this.#records.set(record, new Map([[facet, value]]));
    else kept.set(facet, value);
  }

  forget(facet: string) {
    this.#records.get(facet.slice(0, 32))?.delete(facet);
  }

  forgetRecord(record: string) {
    this.#records.delete(record);
  }

  clear() {
    this.#records.clear();
  }
}
