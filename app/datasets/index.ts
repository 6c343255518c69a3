// Data sets as the rest of the application sees them.
export type { Places, SourceFile } from './definition.ts';
export { dataSetNames } from './known.ts';
export { checkDataSet, type DataSetCheck, type DataSetListing, listDataSets, loadDataSet, type OnRead, outlineOf } from './load.ts';
export { standardPlaces } from './places.ts';
